'use strict';

const { relative } = require('node:path');

/** Says which files are under way, so that a run which has to be ended can name those that were not finished. */
module.exports = class ProgressReporter {
  onTestFileStart(test) {
    this.#say('started', test);
  }

  onTestFileResult(test) {
    this.#say('finished', test);
  }

  #say(event, { path, context }) {
    process.stderr.write(`${event} ${relative(context.config.rootDir, path)}\n`);
  }
};
