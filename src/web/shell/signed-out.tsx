import { useMutation } from '@tanstack/react-query';
import { LogIn } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { Field, TextInput } from '../design/field.tsx';
import { api } from '../kernel/api.ts';
import { extractLoginCode, loginError, reloadOnLoginLink } from '../kernel/login.ts';
import { startCommand } from '../kernel/start-command.ts';

const invalidLinkMessage = 'This is not a login link. It looks like http://127.0.0.1:4780/#login=…';

/** Shown to a browser that is not logged in. */
export function SignedOut() {
  const command = startCommand();
  const refusal = loginError();
  useEffect(reloadOnLoginLink, []);
  return (
    <main className="flex h-full">
      <h1 className="sr-only">Cerevisor</h1>
      <EmptyState icon={LogIn} title="Open Cerevisor from your terminal">
        {refusal === null ? null : (
          <p role="alert" className="mb-2 text-danger">
            {refusal}
          </p>
        )}
        <p>This browser is not logged in. Run this command; it opens the app and logs you in.</p>
        <p className="mt-3 break-words rounded-md border bg-surface px-3 py-2 font-mono text-ink">
          {command}
        </p>
        <LinkForm />
      </EmptyState>
    </main>
  );
}

/** For links that do not lead to this page, for example behind an SSH tunnel. */
function LinkForm() {
  const [text, setText] = useState('');
  const login = useMutation({
    mutationFn: async () => {
      const code = extractLoginCode(text);
      if (code === null) throw new Error(invalidLinkMessage);
      await api.login(code);
    },
    onSuccess: () => location.reload(),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    login.mutate();
  };
  const message = login.error?.message;
  return (
    <form className="mt-6 flex items-start gap-2 text-left" onSubmit={submit}>
      <Field
        label="Or paste the login link that it prints"
        className="flex-1"
        problems={message === undefined ? [] : [{ severity: 'error', message }]}
      >
        <TextInput
          value={text}
          autoComplete="off"
          spellCheck={false}
          placeholder="http://127.0.0.1:4780/#login=…"
          onChange={(event) => setText(event.target.value)}
        />
      </Field>
      <Button type="submit" tone="primary" className="mt-5.5" disabled={text.trim() === ''}>
        Log in
      </Button>
    </form>
  );
}
