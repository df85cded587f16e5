import type { Family } from '../../schemas/alert.ts';

/** One scorer under comparison: the product, another model of it, a rival, or the product with a part switched off. */
export interface Method {
  readonly id: string;
  readonly label: string;
  readonly kind: 'product' | 'variant' | 'rival' | 'ablation';
}

/** A new highest score inside an attack, with what the attacker had done by then. */
export interface Step {
  readonly bits: number;
  /** Since the attack's first logged call. */
  readonly elapsedMs: number;
  readonly attackerEvents: number;
  /** Distinct objects the attacker had touched. */
  readonly objects: number;
}

export interface EpisodeOutcome {
  readonly scenario: string;
  readonly credentialId: string;
  /** Episodes of one campaign are drawn together when intervals are made. */
  readonly campaign: string | null;
  readonly violation: boolean;
  /** Highest score of any hour of the attack, by method. −Infinity: it left no hour. */
  readonly best: Float32Array;
  readonly steps: readonly Step[];
  readonly attackerEvents: number;
  readonly objects: number;
  /** Families the explanation may name first. */
  readonly families: readonly Family[];
  /** Family with the largest contribution where the score was highest. */
  readonly topFamily: Family | null;
  /** What the alert raised during the attack named first; null without one. */
  readonly alertFamily: Family | null;
  /** A rule was broken outright, and said so. */
  readonly violationAlert: boolean;
  /** Features that carried the highest score. */
  readonly features: readonly string[];
}

/** A clean credential-day and why it scored. */
export interface CleanDay {
  readonly credentialId: string;
  readonly workload: string;
  readonly day: number;
  readonly bits: number;
  readonly events: number;
  readonly activeHours: number;
  readonly features: readonly string[];
}

/** What one world showed; only numbers and short texts, so that it passes between threads. */
export interface WorldOutcome {
  readonly style: string;
  readonly seed: number;
  readonly fleet: number;
  readonly events: number;
  readonly seconds: number;
  readonly methods: readonly Method[];
  /** Highest score of each clean credential-day, one array a method. */
  readonly cleanDays: readonly Float32Array[];
  /** Scores of all judged credential-hours, one array a method; ablations have none. */
  readonly hours: readonly Float32Array[];
  /** 1 where the hour holds an attacker's call. */
  readonly attacked: Uint8Array;
  readonly episodes: readonly EpisodeOutcome[];
  readonly highestClean: readonly CleanDay[];
  /** Violation alerts on credentials nobody attacked. */
  readonly falseViolations: readonly string[];
}
