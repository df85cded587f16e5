export interface OwaspItem {
  readonly id: string;
  readonly title: string;
  /** What no access log shows of it, and why. */
  readonly notInLogs: string;
}

/** OWASP Non-Human Identities Top 10, 2025. */
export const owaspItems: readonly OwaspItem[] = [
  {
    id: 'NHI1:2025',
    title: 'Improper offboarding',
    notInLogs:
      'credentials that are never used, and owners who left: a log knows only what calls. Compare with the list of the issuer; put revoked ids into lists.revokedFile.',
  },
  {
    id: 'NHI2:2025',
    title: 'Secret leakage',
    notInLogs:
      'secrets in repositories, images and chats before somebody uses them: that takes a secret scanner, or decoys (lists.inventory).',
  },
  {
    id: 'NHI3:2025',
    title: 'Vulnerable third-party NHI',
    notInLogs:
      'what happens at the vendor. A credential that a vendor holds shows here only when its use changes: mark it by its owner in lists.inventory, and declare its networks.',
  },
  {
    id: 'NHI4:2025',
    title: 'Insecure authentication',
    notInLogs: 'how the gateway checks what it is shown, beyond what it lets pass, and flows at the issuer.',
  },
  {
    id: 'NHI5:2025',
    title: 'Overprivileged NHI',
    notInLogs:
      'rights that are granted at the issuer or in the cloud and stand in no token: the log shows what was done, never all that could be.',
  },
  {
    id: 'NHI6:2025',
    title: 'Insecure cloud deployment configurations',
    notInLogs:
      'the configuration itself: trust policies, pipelines and their secrets. Only a cloud’s audit log shows changes of it, and use of what leaked from it.',
  },
  {
    id: 'NHI7:2025',
    title: 'Long-lived secrets',
    notInLogs: 'the age before the log begins, and changes of a secret behind an id that stays.',
  },
  {
    id: 'NHI8:2025',
    title: 'Environment isolation',
    notInLogs: 'environments whose gateways send no log here, and what they share besides credentials.',
  },
  {
    id: 'NHI9:2025',
    title: 'NHI reuse',
    notInLogs: 'workloads that look alike from outside: the same client in the same network.',
  },
  {
    id: 'NHI10:2025',
    title: 'Human use of NHI',
    notInLogs: 'who sat at the keyboard: a person with a script calls like a machine.',
  },
];
