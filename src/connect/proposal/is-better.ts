import type { Sample } from '../sample.ts';

const worthIt = 0.01;
const blindBelow = 0.5;

/** Whether events made by a proposed mapping are more, or say more, than those of the sample without it. */
export function isBetter(withIt: Sample, without: Sample): boolean {
  if (withIt.events === 0) return false;
  const read = shareRead(withIt) - shareRead(without);
  if (read < -worthIt) return false;
  return read > worthIt || seeing(withIt) > seeing(without) || named(withIt) - named(without) > worthIt;
}

const shareRead = ({ decoded, records }: Sample) => (records === 0 ? 0 : decoded / records);
const seeing = (sample: Sample) => sample.detectors().filter(({ share }) => share >= blindBelow).length;

/** Share of events with a credential. */
function named({ found, events }: Sample): number {
  let anonymous = 0;
  for (const [kind, many] of found) if (kind.startsWith('anonymous ')) anonymous += many;
  return events === 0 ? 0 : 1 - anonymous / events;
}
