/** `automl start` without the set-up before it: one process, which a test can kill as an operator's `kill -9` does. */
const path = require('node:path');

const { runCommandLine } = require(path.join(__dirname, '..', '..', '..', 'dist', 'cli', 'main.js'));
void runCommandLine([process.execPath, 'automl', 'start']).then((code) => process.exit(code));
