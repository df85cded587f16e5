import { behavioural } from '../../src/engine/detector.ts';
import { hourly, kept } from '../../src/engine/record-layout.ts';
import { burst, steady } from '../examples/streams.ts';
import { handover } from '../examples/takeovers.ts';

const farKm = 300;
const fastKmPerHour = 900;
/** Clocks of two gateways may differ by this much. */
const slackS = 120;
/** Chance that a stolen credential makes such a jump. */
const thiefJumps = 0.5;

/**
 * A jump is one draw with the credential's own base rate, (jumps + ½)/(moves + 50): mobile carriers,
 * relays and egress pools earn a high rate and fall silent by themselves.
 */
function jumpBits(jumps: number, moves: number): number {
  return Math.max(0, Math.log2((thiefJumps * (moves + 50)) / (jumps + 0.5)));
}

function isJump(km: number, seconds: number, known: boolean): boolean {
  return !known && km > farKm && (km * 3600) / (seconds + slackS) > fastKmPerHour;
}

export default behavioural({
  id: 'impossible-travel',
  family: 'replay',
  summary: 'Two uses of a credential lie further apart than anybody can travel between them.',
  attack: ['T1550.001', 'T1078.004'],
  owasp: ['API2:2023', 'NHI2:2025'],
  runbook:
    'Check whether either end is a VPN, relay or hosting provider the owner uses; if not, the later place is not the owner.',
  actions: [
    'Revoke the tokens used from the later place.',
    'Ask the owner where they are.',
    'Rotate the credential.',
  ],
  needs: ['credentialId', 'clientCountry'],
  state: { bits: hourly(), jumps: kept(), moves: kept() },
  features: [
    {
      name: 'travel-bits',
      scale: 'linear',
      shape: 'total',
      unit: 'bits',
      text: (o, e) =>
        `moved faster than an aeroplane: ${o} bits against its own habit of moving; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    const jump = isJump(seen.movedKm, seen.movedSeconds, seen.moveIsKnown);
    out.set(0, jump ? Math.max(state.bits, jumpBits(state.jumps, state.moves)) : state.bits);
  },
  learn(_event, state, seen) {
    if (seen.movedKm <= 0) return;
    if (isJump(seen.movedKm, seen.movedSeconds, seen.moveIsKnown)) {
      state.bits = Math.max(state.bits, jumpBits(state.jumps, state.moves));
      state.jumps += 1;
    }
    state.moves += 1;
  },
  misses: [
    {
      limit: "A thief in the owner's country: locations are known by country only.",
      name: "a thief in the owner's country",
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          requests: 6,
          overMinutes: 5,
          fields: () => ({ clientAddress: '203.0.113.9', clientAsn: 64998 }),
        }),
    },
  ],
  falsePositives: [
    {
      limit: 'A change of VPN or relay exit to a country never used before.',
      name: 'the VPN picks an exit in a new country',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          requests: 12,
          overMinutes: 30,
          fields: () => ({ clientAddress: '192.0.2.30', clientAsn: 64997, clientCountry: 'SG' }),
        }),
    },
    {
      limit: 'A cloud job moved to another region.',
      name: 'the job is moved to a region in Australia',
      events: () =>
        handover({
          days: 6,
          perHour: 12,
          requests: 24,
          fields: () => ({ clientAddress: '192.0.2.40', clientAsn: 64996, clientCountry: 'AU' }),
        }),
    },
  ],
  examples: [
    { name: 'never leaves its country', events: () => steady({ days: 6, perHour: 12 }), expect: 'silence' },
    {
      name: 'Germany, and five minutes later Brazil',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          requests: 3,
          overMinutes: 5,
          fields: () => ({ clientAddress: '203.0.113.9', clientAsn: 64998, clientCountry: 'BR' }),
        }),
      expect: 'finding',
    },
    {
      name: 'two regions in turn since ever',
      events: () =>
        steady({
          days: 6,
          perHour: 12,
          change: (n) =>
            n % 2 === 0 ? {} : { clientAddress: '203.0.113.30', clientAsn: 64502, clientCountry: 'US' },
        }),
      expect: 'silence',
    },
  ],
});
