export interface Problem {
  code?: number;
  msg: string;
  traceID?: string;
}

export interface Answer {
  data?: unknown;
  total?: number;
  errors?: Problem[] | null;
}

/** Every response of the older API has all five fields. */
export const envelope = ({ data = null, total = 0, errors = null }: Answer) => ({
  data,
  total,
  limit: 0,
  offset: 0,
  errors,
});

export const problem = (code: number, msg: string) => envelope({ errors: [{ code, msg }] });
