/**
 * Kinds of tokens. A sign of one character is its character code; longer signs, keywords and what has no fixed spelling lie
 * beyond 127. `print`, `exec`, `match`, `case`, `type`, `None`, `True` and `False` are names.
 */
export const HASH: number = 35
export const PERCENT: number = 37
export const OPEN: number = 40
export const CLOSE: number = 41
export const STAR: number = 42
export const PLUS: number = 43
export const COMMA: number = 44
export const MINUS: number = 45
export const DOT: number = 46
export const COLON: number = 58
export const SEMICOLON: number = 59
export const LESS: number = 60
export const ASSIGN: number = 61
export const GREATER: number = 62
export const AT: number = 64
export const OPEN_SQUARE: number = 91
const CLOSE_SQUARE: number = 93
export const BACKTICK: number = 96
export const OPEN_CURLY: number = 123
export const BAR: number = 124
export const CLOSE_CURLY: number = 125
export const TILDE: number = 126
export const EXCLAMATION: number = 33

export const NAME: number = 128
export const NUMBER: number = 129
export const STRING: number = 130
/** The opening of an f- or t-string: its texts and holes are read by whoever meets it. */
export const FORMAT: number = 131
export const NEWLINE: number = 132
export const INDENT: number = 133
export const DEDENT: number = 134
export const END: number = 135
/** A character that Python knows nothing of. */
export const STRANGE: number = 136
export const ELLIPSIS: number = 137
export const ARROW: number = 138
export const WALRUS: number = 139
/** `+=` and its like. */
export const AUGMENTED: number = 140
export const EQUAL: number = 141
export const UNEQUAL: number = 142
export const LESS_EQUAL: number = 143
export const GREATER_EQUAL: number = 144
export const SHIFT_LEFT: number = 145
export const SHIFT_RIGHT: number = 146
export const POWER: number = 147
export const FLOOR: number = 148

const WORDS = [
  'and', 'as', 'assert', 'async', 'await', 'break', 'class', 'continue', 'def', 'del', 'elif', 'else', 'except', 'finally', 'for', 'from', 'global', 'if',
  'import', 'in', 'is', 'lambda', 'nonlocal', 'not', 'or', 'pass', 'raise', 'return', 'try', 'while', 'with', 'yield',
] as const
const FIRST_WORD = 160

export const KEYWORDS: ReadonlyMap<string, number> = new Map(WORDS.map((word, index) => [word, FIRST_WORD + index]))

const word = (spelled: (typeof WORDS)[number]): number => FIRST_WORD + WORDS.indexOf(spelled)
export const AND = word('and')
export const AS = word('as')
export const ASSERT = word('assert')
export const ASYNC = word('async')
export const AWAIT = word('await')
export const BREAK = word('break')
export const CLASS = word('class')
export const CONTINUE = word('continue')
export const DEF = word('def')
export const DEL = word('del')
export const ELIF = word('elif')
export const ELSE = word('else')
export const EXCEPT = word('except')
export const FINALLY = word('finally')
export const FOR = word('for')
export const FROM = word('from')
export const GLOBAL = word('global')
export const IF = word('if')
export const IMPORT = word('import')
export const IN = word('in')
export const IS = word('is')
export const LAMBDA = word('lambda')
export const NONLOCAL = word('nonlocal')
export const NOT = word('not')
export const OR = word('or')
export const PASS = word('pass')
export const RAISE = word('raise')
export const RETURN = word('return')
export const TRY = word('try')
export const WHILE = word('while')
export const WITH = word('with')
export const YIELD = word('yield')

export const isWord = (kind: number): boolean => kind === NAME || kind >= FIRST_WORD
export const isCloser = (kind: number): boolean => kind === CLOSE || kind === CLOSE_SQUARE || kind === CLOSE_CURLY
/** What no expression goes over, whatever is missing. */
export const isStop = (kind: number): boolean => kind >= NEWLINE && kind <= END

const marked = (kinds: readonly number[]): Uint8Array => {
  const table = new Uint8Array(256)
  for (const kind of kinds) table[kind] = 1
  return table
}
/** What an expression begins with. */
export const STARTS = marked([OPEN, OPEN_SQUARE, OPEN_CURLY, BACKTICK, MINUS, PLUS, TILDE, NAME, NUMBER, STRING, FORMAT, ELLIPSIS, AWAIT, LAMBDA, NOT, YIELD, ASYNC, NONLOCAL])
/** Words that stand in no brackets: at the start of a line they tell that a bracket was never closed. */
export const OUTSIDE = marked([ASSERT, BREAK, CLASS, CONTINUE, DEF, DEL, ELIF, EXCEPT, FINALLY, GLOBAL, IMPORT, PASS, RAISE, RETURN, TRY, WHILE, WITH])

/** How tightly operators bind; 0: not an operator. */
export const BINDS = new Uint8Array(256)
export const SIGNS: string[] = []
const LEVELS: readonly (readonly (readonly [number, string])[])[] = [
  [[OR, 'or']], [[AND, 'and']], [],
  [[IN, 'in'], [NOT, 'not in'], [IS, 'is'], [LESS, '<'], [GREATER, '>'], [EQUAL, '=='], [UNEQUAL, '!='], [LESS_EQUAL, '<='], [GREATER_EQUAL, '>=']],
  [[BAR, '|']], [[94, '^']], [[38, '&']], [[SHIFT_LEFT, '<<'], [SHIFT_RIGHT, '>>']], [[PLUS, '+'], [MINUS, '-']],
  [[STAR, '*'], [47, '/'], [PERCENT, '%'], [FLOOR, '//'], [AT, '@']], [], [[POWER, '**']],
]
LEVELS.forEach((level, index) => {
  for (const [kind, sign] of level) {
    BINDS[kind] = index + 1
    SIGNS[kind] = sign
  }
})
export const LOOSEST: number = 1
/** The operand of `not`; of a bare target, which ends at `in`; of a sign. */
export const COMPARED = BINDS[EQUAL] as number
export const TARGET = COMPARED + 1
export const SIGNED = BINDS[POWER] as number
