/** What a promise gives, if it does so within the deadline. @throws an error with `message` when it does not. */
export async function inTime<Value>(
  promise: Promise<Value>,
  deadlineMs: number,
  message: string,
): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(message)), deadlineMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
