/** One project a tier; `npm test` runs each that this machine can run (scripts/test.mjs). */
const tier = (displayName, testMatch, more = {}) => ({
  displayName,
  testMatch,
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.json' }] },
  ...more,
});

module.exports = {
  // Nothing here is timed: a busy machine must not fail what a quiet one passes.
  testTimeout: 60_000,
  testSequencer: '<rootDir>/test/longest-first.cjs',
  projects: [
    tier('unit', ['<rootDir>/src/**/*.test.ts']),
    tier('workflows', ['<rootDir>/test/workflows/**/*.test.ts']),
    tier('api', ['<rootDir>/test/api/**/*.test.ts']),
    tier('sql', ['<rootDir>/test/sql/**/*.test.ts']),
    tier('launcher', ['<rootDir>/test/launcher/**/*.test.ts']),
    tier('engines', ['<rootDir>/test/engines/**/*.test.ts']),
    tier('e2e', ['<rootDir>/test/e2e/**/*.test.ts']),
    // Faults of the machine below the system want root and an hour: FAULTS=all.
    tier('faults', ['<rootDir>/test/faults/**/*.test.ts'], {
      testPathIgnorePatterns: process.env.FAULTS === 'all' ? [] : ['/faults/(machine|docker-engine)\\.test\\.ts$'],
    }),
    tier('compose', ['<rootDir>/test/compose/**/*.test.ts']),
    tier('browser', ['<rootDir>/test/browser/**/*.test.ts']),
  ],
};
