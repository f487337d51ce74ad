import type { ReactNode } from 'react';

export interface DialogProps {
  readonly label: string;
  readonly className?: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A window over the page that keeps the keyboard until it is closed, by its button or Escape; then the focus goes back to where it was. */
export function Dialog({ label, className, onClose, children }: DialogProps) {
  return (
    <dialog
      className={className}
      aria-label={label}
      onClose={onClose}
      ref={(dialog) => {
        if (dialog && !dialog.open) dialog.showModal();
      }}
    >
      <p className="dialog-head">
        <strong>{label}</strong>
        {/* Closing, not removing, gives the focus back. */}
        <button type="button" className="plain" onClick={(event) => event.currentTarget.closest('dialog')?.close()}>
          Close
        </button>
      </p>
      {children}
    </dialog>
  );
}
