/** A webpack loader: a workflow's source with changes, as a next version might have them. Each must be found. */
module.exports = function nextVersion(source) {
  return this.getOptions().changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`The workflow has no line "${from}" any more: adapt the test.`);
    return text.replace(from, to);
  }, source);
};
