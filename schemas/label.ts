import { z } from 'zod';

/** What people know about past events: the second input of `evaluate --events … --labels …`. */
export const labelKinds = ['attack', 'benign', 'ignore'] as const;
export type LabelKind = (typeof labelKinds)[number];

/** Words that labelled data sets use for the three. */
const words: Readonly<Record<string, LabelKind>> = {
  attack: 'attack',
  malicious: 'attack',
  '1': 'attack',
  benign: 'benign',
  normal: 'benign',
  service: 'benign',
  '0': 'benign',
  ignore: 'ignore',
  setup: 'ignore',
};

const kind = z
  .string()
  .transform((text, context): LabelKind => {
    const found = words[text.toLowerCase()];
    if (found !== undefined) return found;
    context.addIssue({ code: 'custom', message: `must be one of ${Object.keys(words).join(', ')}` });
    return z.NEVER;
  })
  .describe('attack, benign or ignore (left out of all figures).');

const time = z
  .string()
  .transform((text, context) => {
    const timeMs = /^\d{1,16}$/.test(text) ? Number(text) : Date.parse(text);
    if (Number.isFinite(timeMs)) return timeMs;
    context.addIssue({ code: 'custom', message: 'must be epoch milliseconds or RFC 3339' });
    return z.NEVER;
  })
  .describe('Epoch milliseconds or RFC 3339.');

/** A span of one credential's time; `end` is exclusive. */
export const spanLabel = z.strictObject({
  credential: z.string().min(1),
  start: time,
  end: time,
  label: kind,
  scenario: z.string().default(''),
});
export type SpanLabel = z.output<typeof spanLabel>;

export const eventLabel = z.strictObject({
  'event.id': z.string().min(1),
  label: kind,
  scenario: z.string().default(''),
});
export type EventLabel = z.output<typeof eventLabel>;
