/** Counts the spans of an OTLP ExportTraceServiceRequest without decoding them: resource_spans 1, scope_spans 2, spans 2. */
export function countSpans(request: Uint8Array): number {
  let spans = 0;
  walk(request, 0, request.length, (field, from, to) => {
    if (field !== 1) return;
    walk(request, from, to, (inner, start, end) => {
      if (inner !== 2) return;
      walk(request, start, end, (innermost) => {
        if (innermost === 2) spans++;
      });
    });
  });
  return spans;
}

/** Visits the length-delimited fields of a protobuf message and skips all others. */
function walk(
  bytes: Uint8Array,
  from: number,
  to: number,
  visit: (field: number, from: number, to: number) => void,
): void {
  let at = from;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < to) {
    const tag = varint();
    const wireType = tag % 8;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const length = varint();
      visit(Math.floor(tag / 8), at, at + length);
      at += length;
    } else throw new Error(`unknown protobuf wire type ${wireType}`);
  }
}
