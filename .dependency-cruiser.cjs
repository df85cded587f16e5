/**
 * Which folder may know which: dependencies point one way, and pure folders know nothing of I/O.
 *
 * Imports of types count as well: a stage is known by its contract file and by nothing else. Cycles are
 * Biome's part (noImportCycles).
 */

const pure = '^(src/(engine|stats|simulation|evaluation)|detectors)/';
const effects = '^src/(sources|sinks|server|cli|state|config|pipeline|trust)(/|\\.ts$)';
/** The shapes between stages: data only. */
const contracts = '^src/(sources/source|sinks/sink|decode/decoded|engine/engine\\.types)\\.ts$';
/** The engine's side of the detector contract; the rest of the engine is not a detector's business. */
const contract = '^src/engine/[^/]+\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'pure-without-effects',
      severity: 'error',
      comment: 'Engine, statistics, simulation, evaluation and detectors get time and data as arguments.',
      from: { path: pure },
      to: { path: effects, pathNot: contracts },
    },
    {
      name: 'pure-without-node',
      severity: 'error',
      comment: 'No file, socket, clock or process in the pure folders.',
      from: { path: pure },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'detectors-know-statistics-and-contract',
      severity: 'error',
      comment: 'A detector is one file: statistics, the contract, schemas.',
      from: { path: '^detectors/' },
      to: { path: '^src/', pathNot: ['^src/stats/', contract] },
    },
    {
      name: 'statistics-know-nothing',
      severity: 'error',
      from: { path: '^src/stats/' },
      to: { path: '^(src/(?!stats/)|detectors/|schemas/)' },
    },
    {
      name: 'schemas-know-nothing',
      severity: 'error',
      comment: 'The outside shapes depend on no code.',
      from: { path: '^schemas/' },
      to: { path: '^(src|detectors|scripts|test)/' },
    },
    {
      name: 'only-the-command-line-composes',
      severity: 'error',
      comment:
        'Parts are joined in src/cli; below it, a source knows no sink and nobody knows the command line.',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'sources-and-sinks-apart',
      severity: 'error',
      from: { path: '^src/(sources|decode)/' },
      to: { path: '^src/(sinks|server|state|pipeline)', pathNot: contracts },
    },
    {
      name: 'sinks-and-sources-apart',
      severity: 'error',
      from: { path: '^src/sinks/' },
      to: { path: '^src/(sources|decode|engine|state|pipeline)', pathNot: contracts },
    },
    {
      name: 'no-development-packages',
      severity: 'error',
      from: { path: '^(src|detectors|schemas)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
};
