import { describe, expect, it } from 'vitest';
import { formats } from '../../../src/decode/formats/index.ts';
import { decode } from '../decoding.ts';
import { clouds } from './variants/clouds.ts';
import { documented } from './variants/documented.ts';
import { examples } from './variants/examples.ts';
import { gateways } from './variants/gateways.ts';
import { proxies } from './variants/proxies.ts';
import { versions } from './variants/versions.ts';

const variants = [...proxies, ...gateways, ...clouds, ...versions, ...examples];

describe('each documented variant of a format', () => {
  it.each(variants)('$format, $variant', ({ format, line, event }) => {
    const { events, refused, skipped } = decode(line);
    expect(refused).toEqual([]);
    expect({ events: events.length, skipped }).toEqual(
      event === null ? { events: 0, skipped: 1 } : { events: 1, skipped: 0 },
    );
    if (event !== null) expect(events[0]).toMatchObject({ gatewayType: format, ...event });
  });

  it('has a line: a variant that is documented and not shown, or shown and not documented, fails', () => {
    const shown = Object.groupBy(variants, ({ format }) => format);
    const names = Object.entries(shown).map(([format, list]) => [
      format,
      (list ?? []).map(({ variant }) => variant).sort(),
    ]);
    expect(Object.fromEntries(names)).toEqual(
      Object.fromEntries(Object.entries(documented).map(([format, list]) => [format, [...list].sort()])),
    );
  });

  it('every format has its variants listed', () => {
    expect(formats.map(({ id }) => id).filter((id) => !(id in documented))).toEqual([]);
  });
});
