/** Twenty policies as people write them, for coding agents and for chats; each of its own making. */
const rule = (raised: string, ...lines: readonly string[]): string =>
  `raise ${JSON.stringify(raised)} if:\n${lines.map((line) => `    ${line}\n`).join('')}`

const secrets = 'from invariant.detectors import secrets\n'
const unicode = 'from invariant.detectors import unicode\n'

export const typicalPolicies: readonly string[] = [
  rule('no shell as root', '(c: ToolCall)', 'c is tool:bash({command: ".*sudo .*"})'),
  rule('nothing is deleted', '(c: ToolCall)', 'c is tool:bash', '"rm -rf" in c.function.arguments.command'),
  rule(
    'what was read does not leave',
    ...['(read: ToolCall)', '(send: ToolCall)', 'read -> send', 'read is tool:read_file({path: ".*[.]env"})'],
    'send is tool:send_mail',
  ),
  `${secrets}${rule('a secret leaves', '(m: Message)', 'm.role == "assistant"', 'any(secrets(m))')}`,
  `${secrets}${rule('a secret in an output', '(o: ToolOutput)', 'len(secrets(o)) > 0')}`,
  `${unicode}${rule('hidden letters', '(o: ToolOutput)', 'any(unicode(o, ["Cf", "Co"]))')}`,
  rule('an address of another firm', '(m: Message)', 'any(find("[a-z.]+@rival[.]example", m.content))'),
  rule('mail to a stranger', '(c: ToolCall)', 'c is tool:send_mail({to: "^(?!.*@ours[.]example$).*$"})'),
  rule('an order to forget', '(o: ToolOutput)', '"ignore all previous" in o.content.lower()'),
  rule('a key of a cloud', '(m: Message)', 'match("(?s).*AKIA[A-Z0-9]{16}", m.content)'),
  rule('a price is promised', '(m: Message)', 'm.role == "assistant"', '"guarantee" in m.content'),
  rule('a long answer', '(m: Message)', 'm.role == "assistant"', 'len(m.content) > 20000'),
  rule('a card', '(m: Message)', String.raw`any(find("\b(?:\d[ -]?){15}\d\b", m.content))`),
  rule(
    'money moves without a question',
    ...['(c: ToolCall)', 'c is tool:transfer', 'c.function.arguments.amount > input.limit'],
  ),
  rule('writes outside', '(c: ToolCall)', 'c is tool:write_file({path: "/etc/.*"})'),
  `blocked := ["curl", "wget", "nc"]\n${rule(
    'a download',
    ...['(c: ToolCall)', 'c.function.name == "bash"'],
    'any([word in blocked for word in c.function.arguments.command.split(" ")])',
  )}`,
  `asks(m: Message) := m.role == "user" and "refund" in m.content\n${rule(
    'a refund is asked for and given',
    ...['(m: Message)', '(c: ToolCall)', 'm -> c', 'c is tool:refund', 'asks(m)'],
  )}`,
  `from invariant import count\n${rule('too many mails', 'count(min=10):', '    (c: ToolCall)', '    c is tool:send_mail')}`,
  rule('one tool too many', '(t: Tool)', '"password" in t.description'),
  rule('an image from elsewhere', '(m: Message)', 'any([not ("ours.example" in url) for url in image(m)])'),
]

/** A conversation of an agent: a question, calls, outputs, an answer, again and again. */
export function conversation(messages: number): readonly unknown[] {
  const words = 'the build of the second module fails because its test reads a file that is no longer there '
  return Array.from({ length: messages }, (_, at) => {
    const text = `${at} ${words.repeat(1 + (at % 7))}`
    if (at % 4 === 0) return { role: 'user', content: text }
    if (at % 4 === 3) return { role: 'assistant', content: text }
    if (at % 4 === 2) return { role: 'tool', tool_call_id: `call_${at - 1}`, content: text.repeat(4) }
    const given = { command: `grep -rn "${at}" src | head`, path: `src/module${at}.ts` }
    const call = { name: at % 8 === 1 ? 'bash' : 'read_file', arguments: JSON.stringify(given) }
    return {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: `call_${at}`, type: 'function', function: call }],
    }
  })
}
