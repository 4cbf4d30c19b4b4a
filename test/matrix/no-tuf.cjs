// Loaded into npm by `NODE_OPTIONS=--require`: npm asks a public service for a registry's keys before it asks the registry.
// Here that service has none for it, so npm takes the keys that the gate passes on.
const Module = require('node:module')

const load = Module._load
const missing = () => Promise.reject(Object.assign(new Error('no keys for this registry'), { code: 'TUF_FIND_TARGET_ERROR' }))
Module._load = function (request, ...rest) {
  if (request === '@sigstore/tuf') return { initTUF: () => Promise.resolve({ getTarget: missing }), getTrustedRoot: missing }
  return load.call(this, request, ...rest)
}
