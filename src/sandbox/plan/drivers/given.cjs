'use strict'
// What functions of a package are called with. The same texts are in ../given.ts, so that what came from here is known again.
const { dirname, join } = require('node:path')

const TEXT = 'hello world'
const URL_TEXT = 'https://www.shop.example/products?page=1'
const file = () => join(process.cwd(), 'data', 'products.json')

/** Stands for options, a request, a response, a stream: whatever is asked of it, it has. */
function options() {
  const own = {
    name: TEXT, text: TEXT, data: TEXT, value: TEXT, input: TEXT, url: '/products?page=1', method: 'GET', path: file(), file: file(), cwd: dirname(file()),
    headers: { host: 'www.shop.example', 'user-agent': 'Mozilla/5.0', accept: '*/*' }, query: { page: '1' }, params: { id: '1' }, body: { email: 'anna@shop.example', password: 'correct horse' },
  }
  for (const method of ['on', 'once', 'end', 'write', 'send', 'json', 'setHeader', 'status', 'pipe', 'emit', 'use', 'get', 'post']) own[method] = function () { return this }
  return own
}

const callback = () => (...given) => given.find((one) => typeof one === 'object') || null

/** Several ways to call a function that declares so many parameters. */
function waysToCall(length) {
  const words = Array.from({ length: Math.max(1, Math.min(length, 5)) }, () => TEXT)
  return [[], [...words.slice(0, -1), callback()], words, [options(), options(), callback()], [URL_TEXT, options()], [file()], [42, 7], [[TEXT, TEXT]]]
}

module.exports = { waysToCall, TEXT, URL_TEXT, file }
