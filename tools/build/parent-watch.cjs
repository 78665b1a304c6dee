// Preloaded (`node --require`) by a process that must not outlive the one that started it. The starter keeps the other end
// of a pipe open and writes nothing; the end of the pipe means that it is gone, also by SIGKILL. Then this process gets the
// SIGTERM that the starter could not send any more, and SIGKILL when it is still there after the grace period.
'use strict';

const { Socket } = require('node:net');

const VARIABLE = 'MURMURATION_PARENT_FD';
const GRACE_MS = 20_000;

const fd = Number(process.env[VARIABLE]);
// A grandchild would find the variable, but not the pipe.
delete process.env[VARIABLE];

if (Number.isInteger(fd) && fd > 2) {
  const pipe = new Socket({ fd, readable: true, writable: false });
  pipe.once('close', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  // A broken pipe closes as well, and that is all that matters here.
  pipe.on('error', () => undefined);
  pipe.resume();
  pipe.unref();
}
