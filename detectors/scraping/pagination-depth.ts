import { behavioural } from '../../src/engine/detector.ts';
import { hourly } from '../../src/engine/record-layout.ts';
import { burst, call, endOf, steady } from '../examples/streams.ts';

export default behavioural({
  id: 'pagination-depth',
  family: 'scraping',
  summary: 'A credential turns the pages of a listing far deeper than it ever does.',
  attack: ['T1119', 'T1213'],
  owasp: ['API6:2023', 'API4:2023'],
  runbook:
    'Nobody reads page 400: ask for the job behind it, and see how much of the listing it has already got.',
  actions: [
    'Cap page depth at the gateway.',
    'Ask the owner about an export.',
    'Offer a bulk export instead.',
  ],
  needs: ['credentialId', ['pageNumber', 'pageCursor']],
  state: { deepest: hourly() },
  features: [
    {
      name: 'pages-deep',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} pages deep into one listing; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    out.set(0, Math.max(state.deepest, seen.pageDepth));
  },
  learn(_event, state, seen) {
    if (seen.pageDepth > state.deepest) state.deepest = seen.pageDepth;
  },
  misses: [
    {
      limit: 'A sweep split over many short listings with different filters.',
      name: 'the sweep is cut into listings of three pages',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          change: (n) => page(1 + (n % 3)),
          requests: 150,
          overMinutes: 20,
          fields: (n) => page(1 + (n % 3)),
        }),
    },
  ],
  falsePositives: [
    {
      limit: 'The first full export of a listing.',
      name: 'the first full export',
      events: function* () {
        const habit = { days: 6, perHour: 12, change: (n: number) => page(1 + (n % 3)) };
        yield* steady(habit);
        for (let n = 1; n <= 80; n += 1) yield call(endOf(habit) + n * 2_000, page(n));
      },
    },
  ],
  examples: [
    {
      name: 'the first three pages',
      events: () => steady({ days: 6, perHour: 12, change: (n) => page(1 + (n % 3)) }),
      expect: 'silence',
    },
    {
      name: 'two hundred pages with opaque cursors',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          change: (n) => page(1 + (n % 3)),
          requests: 200,
          overMinutes: 20,
          fields: (n) => ({
            route: 'GET /orders',
            path: '/orders',
            objectId: null,
            objectNumber: null,
            pageCursor: `c${n}`,
          }),
        }),
      expect: 'finding',
    },
    {
      name: 'a nightly export has always read fifty pages',
      events: () => steady({ days: 6, perHour: 60, change: (n) => page(1 + (n % 50)) }),
      expect: 'silence',
    },
  ],
});

function page(pageNumber: number) {
  return { route: 'GET /orders', path: '/orders', objectId: null, objectNumber: null, pageNumber };
}
