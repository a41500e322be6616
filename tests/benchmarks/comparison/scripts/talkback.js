// talkback as a process: node talkback.js PEERS TAPES PORT. Headers do not count, and nothing is recorded.
const [peers, path, port] = process.argv.slice(2);
const talkback = require(`${peers}/node_modules/talkback`);
talkback({
  host: "http://127.0.0.1:9",
  path,
  port: Number(port),
  record: talkback.Options.RecordMode.DISABLED,
  fallbackMode: talkback.Options.FallbackMode.NOT_FOUND,
  allowHeaders: [],
  silent: true,
  summary: false,
}).start();
