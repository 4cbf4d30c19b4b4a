import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { deceivesReviewers, mayHold, PHRASES } from './deceives-reviewers.ts'

it('weighs by reach and chain', () => expect(severities(deceivesReviewers)).toEqual({
  'assistant-file': 'medium', 'comment-orders': 'high', 'docstring': 'high', 'fake-approval': 'medium',
  'go-comment': 'high', 'nosec': 'medium', 'readme': 'medium', 'skill': 'medium', 'tool-whispers': 'high', 'unseen-rules': 'high',
}))

it('lets honest packages pass', () => expect(suspected(deceivesReviewers)).toEqual([]))

/** Sentences of the phrases' own words: enough of them are phrases. */
const one = (words: string): fc.Arbitrary<string> => fc.constantFrom(...words.split('|'))
const sentence = (...parts: readonly string[]): fc.Arbitrary<string> => fc.tuple(...parts.map(one)).map((words) => words.join(''))
const filler = '|any |of the |these |word '
const sentences = fc.oneof(
  sentence('ignore |disregard |forget |bypass |override ', filler, 'previous |prior |above |earlier |preceding |existing |system |safety ', '|two |one two ', 'instruction|instructions|prompts|rules|guidelines|directives|context'),
  sentence('ai |llm |llms |gpt |claude |gemini |copilot |chatgpt |language model |language models |automated |security ', '|code ', 'reviewers|scanner|agent|models|assistant|analysers|analyzer|auditor|systems', '|,|:', ' ', 'should |must |please |shall |are to |do not |don\'t |may ', '|now ', 'ignore|skip|mark|classify|treat|consider|report|approve|trust|not'),
  sentence('mark |classify |rate |label |flag |treat |consider |regard |report ', 'this |the |these |that ', '|new ', 'file|codes|package|samples', ' as ', '|very ', 'safe|benign|clean|harmless|trusted|legitimate|non-malicious|not malicious'),
  sentence('do not |don\'t |must not |never |no need to ', 'analyse |analyze |scan |inspect |audit |deobfuscate |decode |decompile |flag |report ', 'this|the following|the code|any of this|the content|the contents|the file|this module'),
  sentence('this ', 'file |code |package |module |script |library ', 'is |was |has been ', '|very ', '|100% ', 'safe|benign|harmless|not malicious|non-malicious|virus-free|virus free|malware-free|whitelisted|allowlisted'),
  sentence('approved |verified |reviewed |cleared |certified |whitelisted |signed off ', 'by ', '|the |our ', '|acme ', 'security|appsec|infosec|malware|trust and safety|audit', '| research| team'),
  sentence('id_rsa|.aws/credentials|.npmrc|.ssh/|.env|mcp.json|apikey|api_key|api key|api-keys', ' here. ', 'do not |don\'t |never |must not ', '|ever ', 'mention|tell|inform|notify|reveal|disclose', ' it to the user'),
)
const spelled = fc.tuple(sentences, fc.constantFrom((text: string) => text, (text: string) => text.toUpperCase(), (text: string) => text.replace(/\b./g, (letter) => letter.toUpperCase()))).map(([text, change]) => change(text))

it('looks for a phrase wherever it stands', () => {
  let held = 0
  fc.assert(fc.property(spelled, fc.string(), (said, around) => {
    const text = `${around} ${said} ${around}`
    const may = mayHold(text)
    for (const [index, [, { pattern }]] of PHRASES.entries()) {
      if (text.search(pattern) < 0) continue
      held += 1
      expect(may[index]).toBe(true)
    }
  }), { numRuns: 3000 })
  expect(held).toBeGreaterThan(1500)
})
