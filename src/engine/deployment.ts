import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { Breach } from './seen.ts';

/** What people told us about credentials; replaced as a whole when the configuration is read again. */
export interface Deployment {
  /** Why the credential or token must not be used any more; empty when nothing says so. */
  revoked(event: UsageEvent): string;
  decoy(event: UsageEvent): string;
  homeEnvironment(event: UsageEvent): string;
  breach(event: UsageEvent): Breach | null;
  owner(credentialId: string): string | null;
}

export const nothingDeclared: Deployment = {
  revoked: () => '',
  decoy: () => '',
  homeEnvironment: () => '',
  breach: () => null,
  owner: () => null,
};
