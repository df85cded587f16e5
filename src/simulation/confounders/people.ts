import { address, addresses } from '../contexts.ts';
import { dayMs, hourMs, type Slot } from '../credential.ts';
import { chance, integer, logUniform, pick, uniform } from '../distributions.ts';
import { hold } from '../event.ts';
import { networksOf } from '../networks.ts';
import { at, type Confounder, happens, timesOver } from './confounder.ts';

export const travel: Confounder = {
  id: 'travel',
  description: 'Somebody works from a hotel and a foreign mobile network for some days.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      if (credential.kind !== 'person' || !happens(fleet, random, 0.08)) continue;
      const startMs = uniform(random, fleet.startMs + 2 * dayMs, fleet.endMs - 2 * dayMs);
      const endMs = startMs + uniform(random, 1, 5) * dayMs;
      const hotel = pick(random, networksOf('isp'));
      const there = address(random, hotel);
      const carrier = pick(random, networksOf('mobile'));
      const roaming = addresses(random, carrier, 20, 10);
      const shift = integer(random, -8, 8);
      let home: Slot[] = [];
      at(credential, startMs, (c) => {
        home = c.slots;
        c.timeZoneHours += shift;
        c.slots = home
          .filter((each) => each.place !== 'work')
          .map((each) => ({
            ...each,
            network: each.place === 'move' ? carrier : hotel,
            address: there,
            pool: each.place === 'move' ? roaming : null,
            template: null,
          }));
      });
      at(credential, endMs, (c) => {
        c.timeZoneHours -= shift;
        if (home.length > 0) c.slots = home;
      });
      count++;
    }
    return count;
  },
};

export const hotspot: Confounder = {
  id: 'hotspot',
  description:
    'Somebody works from a café, a train or a customer for minutes or hours, often with the old place still open.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      if (credential.kind !== 'person') continue;
      for (const startMs of timesOver(fleet, random, 20)) {
        // Whoever travels or moves does not go to a café in between: each puts back the places that it found.
        if (credential.changes.some(({ atMs }) => Math.abs(atMs - startMs) < 3 * dayMs)) continue;
        const network = pick(random, networksOf(chance(random, 0.6) ? 'mobile' : 'isp'));
        const there = address(random, network);
        const keepsOld = chance(random, 0.6);
        let before: Slot[] = [];
        let away: Slot[] = [];
        at(credential, startMs, (c) => {
          before = c.slots;
          away = before
            .filter((each) => each.place !== 'move')
            .slice(0, 1)
            // The same session goes on: the token moves with the device.
            .map((each) => ({
              ...each,
              network,
              address: there,
              pool: null,
              template: null,
              weight: each.weight * logUniform(random, 0.3, 3),
            }));
          c.slots = keepsOld ? [...before, ...away] : away;
        });
        at(credential, startMs + logUniform(random, 0.1, 8) * hourMs, (c) => {
          // Home with the token that was renewed on the way.
          const [used] = away;
          const [left] = before.filter((each) => each.token?.familyId === used?.token?.familyId);
          if (used !== undefined && left !== undefined) hold(left, used.token);
          c.slots = before;
        });
        count++;
      }
    }
    return count;
  },
};

export const holiday: Confounder = {
  id: 'holiday',
  description: 'Somebody is away for a week or two and returns.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      if (credential.kind !== 'person' || !happens(fleet, random, 0.12)) continue;
      const startMs = uniform(random, fleet.startMs + dayMs, fleet.endMs - dayMs);
      credential.modifiers.push({ startMs, endMs: startMs + uniform(random, 4, 16) * dayMs, rate: 0 });
      count++;
    }
    return count;
  },
};

export const onCall: Confounder = {
  id: 'on-call',
  description: 'Somebody works at night because something is broken, or cannot sleep.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      if (credential.kind !== 'person' || !happens(fleet, random, 0.35)) continue;
      for (let i = integer(random, 1, 4); i > 0; i--) {
        const day =
          fleet.startMs +
          integer(random, 1, Math.max(1, Math.round((fleet.endMs - fleet.startMs) / dayMs) - 1)) * dayMs;
        const startMs = day + (integer(random, 21, 28) - credential.timeZoneHours) * hourMs;
        credential.modifiers.push({
          startMs,
          endMs: startMs + integer(random, 1, 3) * hourMs,
          floorPerHour: Math.max(1, credential.ratePerHour * uniform(random, 0.3, 1.2)),
        });
        count++;
      }
    }
    return count;
  },
};

export const clockChange: Confounder = {
  id: 'clock-change',
  description: 'Summer time: schedules kept in local time move by an hour.',
  plan(fleet, random) {
    if (!chance(random, 0.5)) return 0;
    const when = fleet.startMs + integer(random, 5, 26) * dayMs;
    for (const credential of fleet.credentials) {
      if (credential.timeZoneHours === 0 || !(credential.kind === 'person' || chance(random, 0.5))) continue;
      at(credential, when, (c) => {
        c.timeZoneHours += 1;
      });
    }
    return 1;
  },
};

export const newDevice: Confounder = {
  id: 'new-device',
  description: 'Somebody gets a new laptop or tries another browser.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      if (credential.kind !== 'person' || !happens(fleet, random, 0.08)) continue;
      const fresh = pick(random, pick(random, fleet.clients.byUse.browser));
      at(credential, uniform(random, fleet.startMs, fleet.endMs), (c) => {
        for (const each of c.slots) {
          if (each.place === 'move') continue;
          each.client = fresh;
          each.token = null;
          each.template = null;
        }
      });
      count++;
    }
    return count;
  },
};
