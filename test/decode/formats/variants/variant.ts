import type { UsageEvent } from '../../../../schemas/usage-event.ts';

/** One documented way in which a gateway writes its log, and what has to come of a line of it. */
export interface Variant {
  readonly format: string;
  readonly variant: string;
  readonly line: object | string | Uint8Array;
  /** Null: the line is of no interest, and is counted as such. */
  readonly event: Partial<UsageEvent> | null;
}

/** The caller's address in every line that needs one. */
export const ip = '192.0.2.8';
export const hash = 'ab'.repeat(32);
/** The call of a line that asks for nothing else. */
export const orders = { method: 'GET', path: '/orders/7', status: 200 } as const;

/** 2026-01-05T10:00:00.250Z */
export const atMs = 1767607200250;
/** 2026-01-05T10:00:00Z */
export const secondMs = 1767607200000;

export const nobody = (address: string): Partial<UsageEvent> => ({
  credentialId: `anon:${address}`,
  credentialType: 'anonymous',
  credentialSource: 'network',
});

export const named = (
  credentialId: string,
  credentialType: UsageEvent['credentialType'],
  credentialSource: UsageEvent['credentialSource'] = 'gateway_id',
): Partial<UsageEvent> => ({ credentialId, credentialType, credentialSource });
