import type { ZodType } from 'zod';
import { type EventLabel, eventLabel, type SpanLabel, spanLabel } from '../../schemas/label.ts';

export interface Labels {
  readonly spans: readonly SpanLabel[];
  readonly events: ReadonlyMap<string, EventLabel>;
}

/**
 * Reads labels from CSV with a header line: `credential,start,end,label[,scenario]` or
 * `event.id,label[,scenario]`. Columns of other names are left alone. Throws one line that names the first
 * wrong row.
 */
export function parseLabels(text: string): Labels {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  const head = cells(lines[0] ?? '');
  const isEvents = head.includes('event.id');
  if (!isEvents && !['credential', 'start', 'end'].every((name) => head.includes(name))) {
    throw new Error(
      'labels line 1: the header must be credential,start,end,label[,scenario] or event.id,label',
    );
  }
  const spans: SpanLabel[] = [];
  const events = new Map<string, EventLabel>();
  lines.slice(1).forEach((line, n) => {
    if (line.trim() === '') return;
    if (isEvents) {
      const label = row(eventLabel, head, line, n + 2);
      events.set(label['event.id'], label);
    } else {
      spans.push(row(spanLabel, head, line, n + 2));
    }
  });
  return { spans, events };
}

function row<T>(schema: ZodType<T>, head: readonly string[], line: string, number: number): T {
  const known = new Set(['credential', 'start', 'end', 'label', 'scenario', 'event.id']);
  const values = cells(line);
  const named = head.flatMap((name, c) =>
    known.has(name) && values[c] !== undefined ? [[name, values[c]]] : [],
  );
  const parsed = schema.safeParse(Object.fromEntries(named));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(
    `labels line ${number}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'does not fit'}`,
  );
}

/** One CSV line; quoted cells may hold commas and doubled quotes. */
function cells(line: string): string[] {
  const out: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < line.length; i += 1) {
    const char = line[i] as string;
    if (quoted && char === '"' && line[i + 1] === '"') {
      cell += '"';
      i += 1;
    } else if (char === '"') quoted = !quoted;
    else if (char === ',' && !quoted) {
      out.push(cell.trim());
      cell = '';
    } else cell += char;
  }
  out.push(cell.trim());
  return out;
}
