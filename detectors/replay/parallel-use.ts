import { behavioural } from '../../src/engine/detector.ts';
import { hourly } from '../../src/engine/record-layout.ts';
import { call, endOf, steady } from '../examples/streams.ts';
import { handover, interleaved } from '../examples/takeovers.ts';

export default behavioural({
  id: 'parallel-use',
  family: 'replay',
  summary:
    'Two places use one credential at the same time: it comes back to the first after the second appeared.',
  attack: ['T1550.001', 'T1539', 'T1528'],
  owasp: ['API2:2023', 'NHI2:2025'],
  runbook:
    'Two contexts alternate, so nobody moved: one of them is not the owner. The newer one is the suspect; look at what it asked for.',
  actions: [
    'Revoke the token or session of the newer context.',
    'Rotate the credential.',
    'Ask the owner how the credential could have left the older context.',
  ],
  needs: ['credentialId', ['clientAddress', 'userAgent', 'ja4']],
  state: {
    returns: hourly(),
    farReturns: hourly(),
    tokenReturns: hourly(),
    tokenFar: hourly(),
    fresh: hourly(),
    old: hourly(),
  },
  features: [
    {
      name: 'returns',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `came back ${o} times to a network or client after another had used it; ${e} expected`,
    },
    {
      name: 'far-returns',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) =>
        `came back ${o} times after another provider with another client had used it; ${e} expected`,
    },
    {
      name: 'token-returns',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `one token came back ${o} times to where it was first used; ${e} expected`,
    },
    {
      name: 'far-token-returns',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) =>
        `one token went ${o} times between two places with two different clients, one of them less than a day old; ${e} expected`,
    },
    {
      name: 'old-and-new-at-once',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} requests from the usual context while a new one was at work; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    const fresh = seen.fromFreshContext;
    out.set(0, state.returns + (seen.returned ? 1 : 0));
    out.set(1, state.farReturns + (seen.returnedFar ? 1 : 0));
    out.set(2, state.tokenReturns + (seen.tokenReturned ? 1 : 0));
    // Between two places that are both long known it is nobody's theft, however rare.
    out.set(
      3,
      state.tokenFar + (seen.tokenReturned && seen.returnedFar && (fresh || state.fresh > 0) ? 1 : 0),
    );
    out.set(4, Math.min(state.fresh + (fresh ? 1 : 0), state.old + (!fresh && state.fresh > 0 ? 1 : 0)));
  },
  learn(_event, state, seen) {
    if (seen.returned) state.returns += 1;
    if (seen.returnedFar) state.farReturns += 1;
    if (seen.tokenReturned) state.tokenReturns += 1;
    if (seen.tokenReturned && seen.returnedFar && (seen.fromFreshContext || state.fresh > 0))
      state.tokenFar += 1;
    if (seen.fromFreshContext) state.fresh += 1;
    else if (state.fresh > 0) state.old += 1;
  },
  misses: [
    {
      limit:
        'A thief who waits until the owner has stopped: that is a hand-over, and new-context must carry it.',
      name: 'a hand-over: the old place falls silent before the new one begins',
      events: () => handover({ days: 6, perHour: 12, requests: 24 }),
    },
  ],
  falsePositives: [
    {
      limit: 'A laptop that keeps changing between two networks.',
      name: 'a laptop changes between two networks all the time',
      events: function* () {
        const habit = { days: 6, perHour: 12 };
        yield* steady(habit);
        for (let n = 0; n < 30; n += 1)
          yield call(
            endOf(habit) + n * 110_000,
            n % 2 === 0 ? {} : { clientAddress: '192.0.2.7', clientAsn: 64700 },
          );
      },
    },
    {
      limit: 'One key shared by two workloads for the first time.',
      name: 'a second workload starts to share the key',
      events: () => interleaved({ days: 6, perHour: 12, requests: 30 }),
    },
  ],
  examples: [
    { name: 'one context', events: () => steady({ days: 6, perHour: 12 }), expect: 'silence' },
    {
      name: 'owner and thief take turns',
      events: () => interleaved({ days: 6, perHour: 12, requests: 20 }),
      expect: 'finding',
    },
    {
      name: 'two workers behind one key have always taken turns',
      events: () =>
        steady({
          days: 6,
          perHour: 12,
          change: (n) =>
            n % 2 === 0 ? {} : { clientAddress: '203.0.113.20', clientAsn: 64501, userAgent: 'billing/3.0' },
        }),
      expect: 'silence',
    },
  ],
});
