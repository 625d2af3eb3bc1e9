/** What is there at once where nothing has to be waited for: a promise for each event would cost more than the event. */
export type Maybe<Value> = Value | Promise<Value>

export function then<Value, Next>(value: Maybe<Value>, next: (value: Value) => Maybe<Next>): Maybe<Next> {
  return value instanceof Promise ? value.then(next) : next(value)
}
