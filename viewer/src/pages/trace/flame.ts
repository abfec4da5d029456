import { html } from 'hono/html';
import { type Frame, flameFrames } from '../../analysis/flame.ts';
import { colourClass } from '../colour.ts';
import { formatCount, formatDuration, percent, shorten } from '../format.ts';
import type { Html } from '../layout.ts';
import { type Address, linkTo } from './address.ts';
import type { Shape } from './view.ts';

const ROW = 22;
/** Narrower frames are unreadable and deeper ones need scrolling; clicking a frame enlarges it. */
const MIN_SHARE = 0.002;
const MAX_LEVELS = 60;

interface Placed {
  frame: Frame;
  level: number;
  from: number;
  share: number;
  /** Child positions from the root to this frame. */
  path: string;
}

/** Flame graph of a trace: the width of a frame is the self time of its spans and their descendants. */
export function flameView(shape: Shape, address: Address): Html {
  const all = flameFrames(shape.tree);
  const total = all.reduce((sum, frame) => sum + frame.totalNano, 0n);
  const { placed, hidden } = place(all, address.at);
  const levels = placed.reduce((max, { level }) => Math.max(max, level + 1), 1);
  return html`<p class="dim">A frame is as wide as the self time of its spans and of all spans below them. Spans with the same service and name below the same parent are one frame. Choose a frame to enlarge it.</p>
<svg class="flame" height="${levels * ROW}" role="group" aria-label="Flame graph">${placed.map((entry) => frameHtml(entry, total, address))}</svg>
${hidden > 0 ? html`<p class="dim">${formatCount(hidden, 'frame')} too narrow or too deep to draw: choose a frame above to see what is below it.</p>` : ''}`;
}

function frameHtml({ frame, level, from, share, path }: Placed, total: bigint, address: Address): Html {
  const part = total === 0n ? 0 : Number(frame.totalNano) / Number(total);
  const facts = `${formatDuration(frame.totalNano)}, ${(part * 100).toFixed(1)} %, self ${formatDuration(frame.selfNano)}, ${formatCount(frame.spans, 'span')}${frame.errors > 0 ? `, ${formatCount(frame.errors, 'error')}` : ''}`;
  const name = `${shorten(frame.service, 60)} ${shorten(frame.name, 160)}`;
  return html`<a href="${linkTo(address, { at: path })}"><title>${name}: ${facts}</title><svg x="${percent(from)}" width="${percent(share)}" y="${level * ROW}" height="${ROW - 1}"><rect class="${colourClass(frame.service)}${frame.errors > 0 ? ' err' : ''}" width="100%" height="100%" rx="2"/>${share > 0.03 ? html`<text x="5" y="15">${shorten(frame.name, 80)}<tspan dx="6">${formatDuration(frame.totalNano)}</tspan></text>` : ''}</svg></a>`;
}

/** Ancestors of the selected frame fill the width, so that clicking them zooms out. */
function place(roots: Frame[], at: string): { placed: Placed[]; hidden: number } {
  const placed: Placed[] = [];
  let [frames, prefix, level] = [roots, '', 0];
  for (const step of at.split('.').filter(Boolean).slice(0, MAX_LEVELS)) {
    const frame = frames[Number(step)];
    if (frame === undefined) break;
    const path = `${prefix}${step}`;
    placed.push({ frame, level, from: 0, share: 1, path: level === 0 && at === path ? '' : path });
    [frames, prefix, level] = [frame.children, `${path}.`, level + 1];
  }
  const chosen = placed.at(-1)?.frame;
  const whole = chosen?.totalNano ?? roots.reduce((sum, frame) => sum + frame.totalNano, 0n);
  const deepest = level + MAX_LEVELS;
  let hidden = 0;
  const waiting = [{ frames, prefix, level, from: 0 }];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    let from = step.from;
    for (const [index, frame] of step.frames.entries()) {
      const share = whole === 0n ? 1 / step.frames.length : Number(frame.totalNano) / Number(whole);
      const path = `${step.prefix}${index}`;
      if (share < MIN_SHARE || step.level >= deepest) hidden++;
      else {
        placed.push({ frame, level: step.level, from, share, path });
        waiting.push({ frames: frame.children, prefix: `${path}.`, level: step.level + 1, from });
      }
      from += share;
    }
  }
  return { placed, hidden };
}
