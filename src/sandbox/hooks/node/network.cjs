'use strict'
const dns = require('node:dns')
const net = require('node:net')
const { replacing } = require('./children.cjs')

/** Names before they are resolved, addresses before they are connected, URLs before they are encrypted. */
exports.install = (tell) => {
  const wrap = (of, name, said) => {
    const original = of?.[name]
    if (typeof original !== 'function') return
    of[name] = replacing(original, function (...args) {
      try {
        if (!tell.isBusy()) said(args)
      } catch { /* not told */ }
      return tell.apply(original, this, args)
    })
  }
  const resolves = ([name]) => void (typeof name === 'string' && net.isIP(name) === 0 && tell.tell('resolve', { v: name }))
  const lookups = (of) => Object.getOwnPropertyNames(of ?? {}).filter((name) => /^(?:lookup|resolve\w*|reverse)$/.test(name))
  for (const of of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
    for (const name of [...lookups(of), ...lookups(Object.getPrototypeOf(of))]) wrap(of, name, resolves)
  }

  wrap(net.Socket.prototype, 'connect', (args) => {
    const [first, second] = Array.isArray(args[0]) ? args[0] : args
    const to = typeof first === 'object' && first !== null ? first : typeof first === 'string' && !/^\d+$/.test(first) ? { path: first } : { port: first, host: typeof second === 'string' ? second : 'localhost' }
    tell.tell('connect', { v: to.path ?? `${to.host ?? 'localhost'}:${to.port}`, n: to.servername ?? to.host ?? null })
  })
  wrap(net.Server.prototype, 'listen', ([first, second]) => {
    const to = typeof first === 'object' && first !== null ? first : typeof first === 'string' && !/^\d+$/.test(first) ? { path: first } : { port: first, host: typeof second === 'string' ? second : undefined }
    tell.tell('listen', { v: to.path ?? `${to.host ?? '[::]'}:${to.port ?? 0}` })
  })
  const dgram = require('node:dgram')
  wrap(dgram.Socket.prototype, 'send', (args) => {
    const port = args.find((arg, i) => i > 0 && typeof arg === 'number')
    const host = args.findLast((arg, i) => i > 0 && typeof arg === 'string') ?? 'localhost'
    tell.tell('send', { v: `${host}:${typeof args[3] === 'number' ? args[3] : port}` })
  })

  // Loading `http` and `https` to replace their functions would cost more than all the rest; from 22 on they publish in time what is asked.
  if (Number(process.versions.node.split('.')[0]) < 22) wrapRequests(wrap, tell)
  const { subscribe } = require('node:diagnostics_channel')
  const known = new WeakSet()
  const asked = ({ request }) => {
    const frames = tell.isBusy() || known.has(request) ? [] : tell.stack()
    if (frames.length === 0) return
    known.add(request)
    tell.safely(() => tell.tell('request', requestOf(request), frames))
  }
  subscribe('http.client.request.created', asked)
  wrap(globalThis, 'fetch', ([input, init]) => {
    const url = typeof input === 'string' || input instanceof URL ? input : input?.url
    tell.tell('request', { v: String(url), m: init?.method ?? input?.method ?? 'GET', f: 'fetch' })
  })
  // The undici that packages bring along, and whatever else is made of it (`WebSocket`).
  subscribe('undici:request:create', ({ request }) => {
    const frames = tell.isBusy() ? [] : tell.stack()
    if (frames.length > 0) tell.safely(() => tell.tell('request', { v: `${request.origin}${request.path}`, m: request.method, f: 'undici' }, frames))
  })
}

function wrapRequests(wrap, tell) {
  for (const [module, scheme] of [[require('node:http'), 'http:'], [require('node:https'), 'https:']]) {
    for (const name of ['request', 'get']) wrap(module, name, (args) => tell.tell('request', addressOf(args, scheme)))
  }
}

/** Of `(url?, options?, callback?)`. */
function addressOf(args, scheme) {
  const url = typeof args[0] === 'string' || args[0] instanceof URL ? new URL(args[0]) : null
  const options = (url ? args[1] : args[0]) ?? {}
  const given = typeof options === 'object' && options !== null ? options : {}
  const protocol = given.protocol ?? url?.protocol ?? given.agent?.protocol ?? scheme
  const host = given.hostname ?? (given.host ? String(given.host).replace(/:\d+$/, '') : null) ?? url?.hostname ?? 'localhost'
  const port = given.port ?? (url && url.port !== '' ? url.port : null) ?? null
  const standard = port === null || String(port) === (protocol === 'https:' ? '443' : '80')
  const way = given.path ?? (url ? `${url.pathname}${url.search}` : '/')
  return { v: `${protocol}//${host}${standard ? '' : `:${port}`}${way}`, m: given.method ?? 'GET', ...(given.socketPath ? { o: given.socketPath } : {}) }
}

function requestOf(request) {
  if (request.socketPath) return { v: `http://localhost${request.path}`, m: request.method, o: request.socketPath }
  const host = request.getHeader?.('host') ?? request.host
  return { v: `${request.protocol}//${host}${request.path}`, m: request.method }
}
