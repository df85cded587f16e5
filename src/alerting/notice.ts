import type { Alert } from '../../schemas/alert.ts';

/** Whether somebody should hear of the alert by itself: one that a campaign tells of is stored, and calls nobody. */
export function isNotice({ campaign }: Alert): boolean {
  return campaign === null;
}
