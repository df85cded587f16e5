import { address, slot as makeSlot } from '../contexts.ts';
import type { Slot } from '../credential.ts';
import { integer, logUniform, pick } from '../distributions.ts';
import type { Scenario } from '../scenario.ts';
import { hourMs, strong, thief, usualCalls, within } from './kit.ts';

const always = () => true;

export const stolenKeyNewNetwork: Scenario<'stolen-key-new-network'> = {
  id: 'stolen-key-new-network',
  number: 1,
  description: "A stolen key is used from a hosting network with the thief's own client.",
  family: 'replay',
  group: 'stolen-key',
  fits: always,
  plan(stage, target, startMs) {
    const count = strong(stage, pick(stage.random, [6, 60, 60, 600]));
    const times = within(stage, startMs, hourMs, count);
    return {
      activities: [usualCalls(stage, target, times, thief(stage, target, startMs, { client: 'tool' }))],
    };
  },
};

export const stolenKeySameClient: Scenario<'stolen-key-same-client'> = {
  id: 'stolen-key-same-client',
  number: 2,
  description: "A few requests from a new network with the owner's client on the owner's routes.",
  family: 'replay',
  group: 'stolen-key',
  fits: always,
  plan(stage, target, startMs) {
    const times = within(stage, startMs, hourMs, strong(stage, 6));
    return {
      activities: [usualCalls(stage, target, times, thief(stage, target, startMs, { client: 'same' }))],
    };
  },
};

export const stolenKeyNatMate: Scenario<'stolen-key-nat-mate'> = {
  id: 'stolen-key-nat-mate',
  number: 4,
  description: 'The thief sits in the same /24 (same NAT) but has another TLS fingerprint and program.',
  family: 'replay',
  group: 'stolen-key',
  fits: (target) => target.gateway.logsClient,
  plan(stage, target, startMs) {
    const { random } = stage;
    const own = target.slots[0] as Slot;
    const mate = `${own.address.slice(0, own.address.lastIndexOf('.'))}.${integer(random, 2, 253)}`;
    const away = thief(stage, target, startMs, { client: 'other' });
    const place = makeSlot(
      random,
      'any',
      own.network,
      mate,
      away.client,
      1,
      Number.POSITIVE_INFINITY,
      startMs,
    );
    const times = within(stage, startMs, hourMs, strong(stage, Math.round(logUniform(random, 15, 60))));
    return { activities: [usualCalls(stage, target, times, place)] };
  },
};

export const leakedCiKey: Scenario<'leaked-ci-key'> = {
  id: 'leaked-ci-key',
  number: 32,
  description: 'The key of a machine is tried from a laptop with curl.',
  family: 'replay',
  group: 'stolen-key',
  fits: (target) => target.kind !== 'person',
  plan(stage, target, startMs) {
    const { random } = stage;
    const laptop = thief(stage, target, startMs, { network: 'isp', client: 'tool' });
    const place = makeSlot(
      random,
      'any',
      laptop.network,
      address(random, laptop.network),
      laptop.client,
      1,
      Number.POSITIVE_INFINITY,
      startMs,
    );
    return {
      activities: [
        usualCalls(stage, target, within(stage, startMs, hourMs / 2, Math.max(2, strong(stage, 3))), place),
      ],
    };
  },
};
