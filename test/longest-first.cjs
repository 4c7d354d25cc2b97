const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Files that take minutes, longest first (seconds measured on two cores, November 2026). They begin before all others:
 * one of them begun last would leave the other worker idle to the end. Jest knows that by itself only where it has run
 * before.
 */
const LONG = [
  'e2e/controls', // 315
  'faults/matrix', // 350
  'faults/model-faults', // 250
  'faults/backup', // 150
  'launcher/launcher', // 130
  'faults/datasets', // 115
  'browser/app', // 115
  'e2e/docker', // 110
  'faults/chaos/chaos', // 85
  'faults/reattachment', // 80
  'e2e/local', // 75
  'browser/live', // 65
  'e2e/trial', // 60
  'api/drafts', // 60
];

/** Long files first; the others as Jest would order them. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const at = LONG.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
      return at < 0 ? LONG.length : at;
    };
    return super.sort(tests).sort((one, other) => place(one) - place(other));
  }
};
