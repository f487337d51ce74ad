// Loaded into every thread of a process before anything else: writes down each connection to another machine, and lets none be made.
import { appendFileSync } from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const require = createRequire(import.meta.url);
const [net, dns, dgram] = ['node:net', 'node:dns', 'node:dgram'].map((name) => require(name));
const log = process.env.LESIONLAB_TEST_CONNECTIONS;
const own = /^(127\.|::1$|localhost$)/;

function refuse(what) {
  appendFileSync(log, `${what}\n`);
  throw new Error(`a connection to ${what}`);
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const [first] = Array.isArray(given[0]) ? given[0] : given;
  const { host = '127.0.0.1', port, path } = typeof first === 'object' ? first : { port: first, host: given[1] };
  // A path is a pipe on this machine.
  if (path === undefined && !own.test(host)) refuse(`${host}:${port}`);
  return connect.apply(this, given);
};
for (const name of Object.keys(dns))
  if (/^(lookup|resolve)/.test(name) && typeof dns[name] === 'function') {
    const asked = dns[name];
    dns[name] = (host, ...rest) => (own.test(String(host)) ? asked(host, ...rest) : refuse(String(host)));
  }
dgram.Socket.prototype.send = () => refuse('a datagram');
globalThis.fetch = async (address) => refuse(String(address));
syncBuiltinESMExports();
