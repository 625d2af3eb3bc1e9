/** The tree of a policy. Every node knows where it starts in the source (`at`, an offset). */
export type Tree = { readonly statements: readonly Statement[] }

export type Statement = Import | Rule | Declaration | Definition

export type Import = {
  readonly kind: 'import'
  readonly at: number
  readonly module: string
  /** `import a.b as c`. */
  readonly alias: string | null
  /** `from a import b as c`; empty for `import a`. */
  readonly names: readonly { readonly name: string; readonly alias: string | null; readonly at: number }[]
}

export type Rule = {
  readonly kind: 'rule'
  readonly at: number
  readonly head: Expression
  readonly body: readonly Condition[]
}

export type Parameter = { readonly name: string; readonly type: string; readonly at: number }

/** A constant, or with parameters a predicate. */
export type Declaration = {
  readonly kind: 'declaration'
  readonly at: number
  readonly name: string
  readonly parameters: readonly Parameter[] | null
  readonly body: readonly Condition[]
}

/** `def name(...):` is read and has no effect. */
export type Definition = {
  readonly kind: 'definition'
  readonly at: number
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly statements: readonly Statement[]
}

export type Condition = Expression | Assignment | Import

export type Assignment = {
  readonly kind: 'assign'
  readonly at: number
  readonly name: string
  readonly value: Expression
}

export type BinaryOperator =
  | 'or'
  | 'and'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | 'in'
  | 'is'
  | 'contains_only'
  | '->'
  | '~>'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '**'

export type Call = {
  readonly kind: 'call'
  readonly at: number
  readonly callee: Expression
  readonly arguments: readonly Expression[]
  readonly named: readonly { readonly name: string; readonly value: Expression }[]
}

export type Expression =
  | { readonly kind: 'none'; readonly at: number }
  | { readonly kind: 'boolean'; readonly at: number; readonly value: boolean }
  | { readonly kind: 'number'; readonly at: number; readonly value: number | bigint }
  | { readonly kind: 'string'; readonly at: number; readonly value: string; readonly prefix: '' | 'r' | 'f' }
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  | { readonly kind: 'variable'; readonly at: number; readonly name: string; readonly type: string }
  | { readonly kind: 'list'; readonly at: number; readonly items: readonly Expression[] }
  | {
      readonly kind: 'dict'
      readonly at: number
      readonly entries: readonly { readonly key: string; readonly value: Expression }[]
    }
  | {
      readonly kind: 'comprehension'
      readonly at: number
      readonly element: Expression
      readonly variable: string
      readonly iterable: Expression
      readonly filter: Expression | null
    }
  | {
      readonly kind: 'ternary'
      readonly at: number
      readonly test: Expression
      readonly yes: Expression
      readonly no: Expression
    }
  | {
      readonly kind: 'binary'
      readonly at: number
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
      /** Whether it stands in parentheses: only then is mixing `and` with `or` plain to every reader. */
      readonly isEnclosed: boolean
    }
  | {
      readonly kind: 'unary'
      readonly at: number
      readonly operator: 'not' | '-' | '+'
      readonly operand: Expression
    }
  | { readonly kind: 'member'; readonly at: number; readonly object: Expression; readonly name: string }
  | { readonly kind: 'index'; readonly at: number; readonly object: Expression; readonly key: Expression }
  | Call
  | { readonly kind: 'tool'; readonly at: number; readonly name: string }
  | {
      readonly kind: 'pattern'
      readonly at: number
      readonly name: string
      readonly arguments: readonly Expression[]
      readonly named: readonly { readonly name: string; readonly value: Expression }[]
    }
  | { readonly kind: 'wildcard'; readonly at: number }
  /** `(a, b)`, which is `a`. */
  | {
      readonly kind: 'first'
      readonly at: number
      readonly value: Expression
      readonly others: readonly Expression[]
    }
  | { readonly kind: 'value-type'; readonly at: number; readonly name: string }
  | Quantifier

export type Quantifier = {
  readonly kind: 'quantifier'
  readonly at: number
  /** A name, or a call of one. */
  readonly callee: Expression
  readonly body: readonly Condition[]
}
