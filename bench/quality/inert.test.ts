import { expect, it } from 'vitest'
import { isInert } from './inert.ts'

const inert = (files: Record<string, string>): boolean => isInert(Object.entries(files).map(([path, text]) => (
  { path, size: text.length, mode: 0o644, bytes: Buffer.from(text, 'latin1'), truncated: false, sha256: '' })))

it.each<[string, boolean, Record<string, string>]>([
  ['a bare setup.py', true, { 'setup.py': 'from setuptools import setup\nlong = open("README.md").read()\nsetup(name="a", long_description=long)', 'PKG-INFO': 'Name: a' }],
  ['metadata alone', true, { 'PKG-INFO': 'Name: a', 'README.md': 'exec(everything)' }],
  ['a function that only adds', true, { 'a/__init__.py': 'def add(a, b):\n    return a + b\n' }],
  ['a library that only computes', true, { 'a/__init__.py': 'from .b import *\nfrom a import c\nimport random, math', 'a/b.py': 'from collections import Counter\nx = "".join(map(str, [1]))', 'a/c.py': '' }],
  ['a library that imports one that reaches out', false, { 'a/__init__.py': 'import math, os\nos.getcwd()' }],
  ['a library that gets at everything without an import', false, { 'a.py': 'print(().__class__.__base__.__subclasses__().pop())' }],
  ['a library that runs text', false, { 'a.py': 'exec(chr(1))' }],
  ['a call that setup.py need not make', false, { 'setup.py': 'import os\nos.system("true")' }],
  ['a call below a call', false, { 'setup.py': 'from b import fetch\nsetup(name=fetch("a"))' }],
  ['what does not parse', false, { 'a.py': 'exec "print 1"' }],
  ['a path file', false, { 'a.pth': 'import a' }],
  ['a native library by name', false, { 'a/b.so': '' }],
  ['a native library by content', false, { 'a/data': '\x7fELF\x02' }],
  ['a Windows program by content', false, { 'a/data.txt': 'MZ\x90\x00\x03' }],
])('%s: %s', (_, expected, files) => {
  expect(inert(files)).toBe(expected)
})
