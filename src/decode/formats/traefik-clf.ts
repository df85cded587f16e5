import type { Format } from '../format.ts';
import { amount, object, text } from '../text.ts';
import { endsInDuration, readCombined } from './combined-line.ts';
import { ordinary } from './fields.ts';
import { partsOf } from './tokens.ts';
import { traefikSnippet } from './traefik.ts';

/** `… "agent" 500 "router" "http://service" 12ms` */
export const traefikClf: Format = {
  id: 'traefik-clf',
  title: 'Traefik (common log format, its default)',
  shape: 'text',
  matches: (_line, line) => endsInDuration(line) && line.includes('] "') && line.includes('" "'),
  read: (_line, line) => {
    const combined = readCombined(line);
    const parts = partsOf(line, 32);
    const [router, service, took] = parts.slice(-3);
    if (combined === null || router?.isQuoted !== true || service?.isQuoted !== true)
      return {
        refuse: 'missing-field',
        detail: 'the line needs router, service and duration behind the user agent',
      };
    return {
      ...combined,
      timeIsEnd: false,
      plain: { ...object(combined.plain), apiName: text(router.value), upstreamName: text(service.value) },
      durationMs: amount(took?.value.slice(0, -2)),
    };
  },
  pitfalls: [
    'The format has no place for a credential; switch to JSON and keep a header with its id.',
    'A user name is there only with basic authentication.',
  ],
  snippet: traefikSnippet,
  yields: { byDefault: ordinary, withSnippet: ['credentialId', 'httpRequestId'] },
  verified: 'lines of Traefik 2 and 3',
};
