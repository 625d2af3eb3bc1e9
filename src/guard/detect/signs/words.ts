import type { Phrase } from './phrases.ts'

/** What those write who want a model to do something else than it was told, in the languages that are seen most. */
const words = (text: string): readonly string[] => text.split('|')

function phrase(kind: string, ...steps: readonly string[]): Phrase {
  return { kind, steps: steps.map(words) }
}

export const injectionPhrases: readonly Phrase[] = [
  phrase(
    'override',
    "ignore|disregard|forget|override|bypass|do not follow|don't follow|stop following",
    'previous|prior|above|earlier|preceding|all |any |your|system|original|everything',
    'instruction|prompt|rule|guideline|direction|context|command|constraint|told|said',
  ),
  phrase(
    'override',
    'ignorier|vergiss|vergesse|missachte',
    'vorherig|bisherig|vorangehend|obig|alle|deine|ihre|früher',
    'anweisung|instruktion|regel|vorgabe|prompt|befehl',
  ),
  phrase(
    'override',
    'ignore|oublie|ne tiens pas compte|ne tenez pas compte',
    'les|toutes|tes|vos|ces',
    'instruction|consigne|règle|directive',
  ),
  phrase(
    'override',
    'ignora|ignore|olvida|olvide|haz caso omiso|no sigas',
    'las|los|todas|tus|sus',
    'instruccion|regla|indicacion|órdenes|ordenes',
  ),
  phrase(
    'override',
    'ignore|ignora|esqueça|esquece|desconsidere',
    'as |todas|suas|tuas',
    'instruç|instruco|regra|orienta',
  ),
  phrase('override', 'ignora|dimentica|trascura', 'le |tutte|tue|i |gli', 'istruzion|regol|direttiv'),
  phrase('override', 'negeer|vergeet', 'vorige|eerdere|alle|bovenstaande|je ', 'instructie|opdracht|regel'),
  phrase('override', 'zignoruj|zapomnij|pomiń', 'poprzedni|wszystk|wcześniejsz', 'instrukcj|polece|zasad'),
  phrase(
    'override',
    'игнорируй|проигнорируй|забудь|не следуй',
    'предыдущ|все |всех|прежн|выше|сво',
    'инструкц|правил|указан|команд',
  ),
  phrase(
    'override',
    '忽略|无视|無視|忽視|忘记|忘記',
    '之前|以上|先前|所有|上面|前面|此前',
    '指令|指示|提示|规则|規則|命令',
  ),
  phrase(
    'override',
    'これまで|以前|上記|前の|すべて|全て',
    '指示|命令|指令|ルール|プロンプト',
    '無視|忘れ|従わない',
  ),
  phrase('override', '이전|위의|모든|앞의', '지시|명령|규칙|프롬프트', '무시|잊어'),
  phrase(
    'reveal',
    'reveal|show|print|repeat|output|leak|give me|tell me|write out',
    'system|initial|hidden|original|secret|your',
    'prompt|instructions|system message',
  ),
  phrase(
    'persona',
    'you are now|act as|pretend to be|pretend you are|from now on|enter|enable|switch to',
    'dan |dan,|dan.|jailbr|unrestricted|without restriction|no restriction|without any restriction|developer mode|uncensored|do anything now|god mode',
  ),
  phrase(
    'secrecy',
    "do not|don't|never|without",
    'tell|mention|inform|telling|mentioning|informing|alert|notify',
    'the user|to the user|anyone|the human',
  ),
]

/** Marks of chat templates, which belong to whoever frames the conversation and to nobody within it. */
export const templateMarks: readonly Phrase[] = [
  {
    kind: 'template',
    steps: [
      [
        ...['<|im_start|>', '<|im_end|>', '<|system|>', '<|user|>', '<|assistant|>', '<|start_header_id|>'],
        ...['<|eot_id|>', '<|endoftext|>', '<<sys>>', '[inst]', '[/inst]', '<start_of_turn>', '### system:'],
      ],
    ],
  },
]

/** What is said to somebody, or of oneself, and in few words. Far less than a classifier knows. */
export const harmPhrases: readonly Phrase[] = [
  phrase('self-harm', 'kill|hang|hurt|cut|shoot', 'yourself|urself|myself'),
  phrase('self-harm', 'want to|going to|wish i could', 'die |die.|die,|end my life|end it all'),
  phrase(
    'self-harm',
    'bring dich um|töte dich|suicídate|suicidate|mátate|suicide-toi|tue-toi|ammazzati|убей себя',
  ),
  phrase(
    'threat',
    "i will|i'll|i am going to|i'm going to|gonna|we will|we'll",
    'kill|murder|shoot|stab|bomb|rape|behead|burn down',
    'you|him|her|them|people|everyone|the school|your family',
  ),
  phrase('threat', 'ich werde|ich bringe', 'dich|euch|ihn|sie', 'umbringen|töten|erschießen|um '),
  phrase('threat', 'te voy a|los voy a|je vais te|je vais vous|ti ', 'matar|tuer|ammazz'),
  phrase(
    'insult',
    "you are|you're|you",
    'worthless|pathetic|disgusting|subhuman|vermin',
    'piece|human|animal|idiot|bastard|trash|filth',
  ),
]
