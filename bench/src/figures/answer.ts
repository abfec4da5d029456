/** One number of a table: the values of the rounds that count. */
export interface Figure {
  values: number[];
  /** Others used the machine in every round: the numbers must not be quoted. */
  busy: boolean;
}

export interface Row {
  name: string;
  /** Figures by column key; a figure that makes no sense in this row is absent. */
  figures: Record<string, Figure>;
}

export interface Column {
  key: string;
  title: string;
}

export interface Table {
  /** The name by which targets and the page refer to it. */
  id: string;
  title: string;
  /** The heading of the first column. */
  of: string;
  columns: Column[];
  rows: Row[];
  /** Notes for the reader. */
  note?: string;
}

/** A question's answer; `text` is the output of a script that prints its own figures. */
export interface Answer {
  question: string;
  tables: Table[];
  text?: string;
}
