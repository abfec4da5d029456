/** A query in PromQL, and the name of its lines with `{{label}}` for labels. */
export interface Query {
  expr: string;
  legend: string;
}

export interface Panel {
  title: string;
  /** A question that the panel answers. */
  description: string;
  /** Grafana's name: `s`, `reqps`, `percentunit`, `bytes`, `short`. */
  unit: string;
  /** Default: lines over time. */
  kind?: 'timeseries' | 'stat' | 'heatmap';
  queries: readonly Query[];
  /** Shows exemplars as dots that open their trace. */
  exemplars?: boolean;
}

export interface Dashboard {
  /** Part of its address. */
  uid: string;
  title: string;
  rows: ReadonlyArray<{ title: string; panels: readonly Panel[] }>;
}

const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' };
const WIDTH = 24;
const PANEL = { w: 12, h: 8 };

/** Grafana's JSON of a dashboard. https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/ */
export function renderDashboard({ uid, title, rows }: Dashboard): string {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      ...{ id: panels.length + 1, type: 'row', title: row.title, collapsed: false, panels: [] },
      gridPos: { x: 0, y: y++, w: WIDTH, h: 1 },
    });
    for (const [index, panel] of row.panels.entries()) {
      const x = (index * PANEL.w) % WIDTH;
      panels.push({ id: panels.length + 1, ...renderPanel(panel), gridPos: { x, y, ...PANEL } });
      if (x + PANEL.w >= WIDTH || index === row.panels.length - 1) y += PANEL.h;
    }
  }
  const model = {
    ...{ uid, title, tags: ['hotel'], schemaVersion: 41, editable: false, refresh: '10s', timezone: '' },
    ...{ time: { from: 'now-30m', to: 'now' }, templating: { list: [] }, annotations: { list: [] }, panels },
  };
  return `${JSON.stringify(model, undefined, 2)}\n`;
}

function renderPanel({ title, description, unit, kind = 'timeseries', queries, exemplars = false }: Panel): object {
  const isHeatmap = kind === 'heatmap';
  return {
    ...{ type: kind, title, description, datasource: PROMETHEUS },
    targets: queries.map(({ expr, legend }, index) => ({
      ...{ refId: String.fromCharCode('A'.charCodeAt(0) + index), datasource: PROMETHEUS },
      ...{ expr, legendFormat: legend, exemplar: exemplars, format: isHeatmap ? 'heatmap' : 'time_series' },
      ...{ instant: kind === 'stat', range: kind !== 'stat' },
    })),
    fieldConfig: { defaults: { unit, ...(isHeatmap ? {} : { min: 0 }) }, overrides: [] },
    options: optionsOf(kind, unit),
  };
}

function optionsOf(kind: NonNullable<Panel['kind']>, unit: string): object {
  if (kind === 'heatmap') return { calculate: false, yAxis: { unit }, color: { scheme: 'Oranges', mode: 'scheme' } };
  if (kind === 'stat') return { reduceOptions: { calcs: ['lastNotNull'] }, colorMode: 'value' };
  return { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } };
}
