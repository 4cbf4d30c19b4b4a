import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { html, instant, many, time } from './html.ts'
import { page, table } from './page.ts'

describe('html', () => {
  it('escapes all that is no markup, and joins lists', () => {
    expect(html`<p title="${'"\' onclick=x'}">${'<b>&'}${html`<i>${1}</i>`}${['a', html`<br>`, ['<']]}${null}${false}</p>`.text)
      .toBe('<p title="&quot;&#39; onclick=x">&lt;b&gt;&amp;<i>1</i>a<br>&lt;</p>')
  })

  it('shows what hides or turns text around as a sign', () => {
    expect(html`${'a\u202eb\u0000c\u200bd\ud800e😀'}`.text).toBe('a\ufffdb\ufffdc\ufffdd\ufffde😀')
  })

  it('lets no text out of its place', () => {
    assert(property(string({ unit: 'binary' }), (text) => {
      const { text: made } = html`<p a="${text}">${text}</p>`
      expect(made.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, '')).toMatch(/^<p a="[^<>"&]*">[^<>&]*<\/p>$/s)
    }))
  })

  it('says times and numbers', () => {
    const at = new Date('2024-03-05T01:09:00Z')
    expect([instant(at), many(1, 'day'), many(1_200, 'day'), time(at).text]).toEqual(['5 Mar 2024, 01:09 UTC', '1 day', '1,200 days', '<time datetime="2024-03-05T01:09:00.000Z">5 Mar 2024, 01:09 UTC</time>'])
  })
})

describe('page', () => {
  it('loads and runs nothing, and says so to the browser', () => {
    const made = page({ title: '</title><script>alert(1)</script>', body: table('A "table"', [{ head: 'a' }, { head: 'b', figures: true }], [['<img src=x>', 1]]), foot: html`` })
    expect(made).toContain("content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\"")
    expect(made).toContain('<title>&lt;/title&gt;&lt;script&gt;')
    expect(made).toContain('aria-label="A &quot;table&quot;"')
    expect(made).toContain('<td>&lt;img src=x&gt;</td><td class="figure">1</td>')
    expect(made).not.toMatch(/<script|<img|url\(|@import/i)
  })
})
