/** One number of a table: what each round that counts has measured. */
export interface Figure {
  values: number[];
  /** Others used the machine in every round: the numbers are there, but are not to be quoted. */
  busy: boolean;
}

export interface Row {
  name: string;
  /** By the key of the column; a figure that makes no sense in this row is absent. */
  figures: Record<string, Figure>;
}

export interface Column {
  key: string;
  title: string;
}

export interface Table {
  /** How targets and the page refer to it. */
  id: string;
  title: string;
  /** What the first column lists. */
  of: string;
  columns: Column[];
  rows: Row[];
  /** What has to be known to read it. */
  note?: string;
}

/** A question's answer; `text` is what a script has printed that answers by itself. */
export interface Answer {
  question: string;
  tables: Table[];
  text?: string;
}
