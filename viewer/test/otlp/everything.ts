import { spanId, traceId } from '../support/spans.ts';

/** Every field and every value type, as the query API returns them. */
export const EVERYTHING = {
  resourceSpans: [
    {
      resource: {
        attributes: [{ key: 'service.name', value: { stringValue: 'dispo' } }],
        droppedAttributesCount: 7,
      },
      scopeSpans: [
        {
          scope: {
            name: 'our.scope',
            version: '1.2.3',
            attributes: [{ key: 'scope.key', value: { boolValue: true } }],
            droppedAttributesCount: 8,
          },
          spans: [
            {
              traceId: traceId(1),
              spanId: spanId(1),
              traceState: 'vendor=value,other=1',
              parentSpanId: spanId(9),
              flags: 0x303,
              name: 'everything é 漢字 🏨',
              kind: 5,
              startTimeUnixNano: '1801300500123456789',
              endTimeUnixNano: '1801300500987654321',
              attributes: [
                { key: 'text', value: { stringValue: 'a "quoted" <b>' } },
                { key: 'empty', value: { stringValue: '' } },
                { key: 'yes', value: { boolValue: true } },
                { key: 'no', value: { boolValue: false } },
                { key: 'zero', value: { intValue: '0' } },
                { key: 'small', value: { intValue: '201' } },
                { key: 'minus', value: { intValue: '-5' } },
                { key: 'max', value: { intValue: '9223372036854775807' } },
                { key: 'min', value: { intValue: '-9223372036854775808' } },
                { key: 'double', value: { doubleValue: 1.5 } },
                { key: 'whole double', value: { doubleValue: 3 } },
                { key: 'bytes', value: { bytesValue: 'AAH+/w==' } },
                { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }, {}] } } },
                { key: 'empty list', value: { arrayValue: {} } },
                {
                  key: 'map',
                  value: { kvlistValue: { values: [{ key: '__proto__', value: { boolValue: true } }] } },
                },
                { key: 'nothing', value: {} },
                { key: 'text', value: { stringValue: 'the same key again' } },
              ],
              droppedAttributesCount: 1,
              events: [
                {
                  timeUnixNano: '1801300500200000001',
                  name: 'exception',
                  attributes: [{ key: 'exception.message', value: { stringValue: 'no' } }],
                  droppedAttributesCount: 2,
                },
              ],
              droppedEventsCount: 3,
              links: [
                {
                  traceId: traceId(2),
                  spanId: spanId(2),
                  traceState: 'a=b',
                  attributes: [{ key: 'why', value: { stringValue: 'retry' } }],
                  droppedAttributesCount: 4,
                  flags: 0x101,
                },
              ],
              droppedLinksCount: 5,
              status: { message: 'it broke', code: 2 },
            },
          ],
          schemaUrl: 'https://example.com/scope',
        },
      ],
      schemaUrl: 'https://example.com/resource',
    },
  ],
};
