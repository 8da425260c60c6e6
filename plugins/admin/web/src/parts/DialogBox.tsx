import type { ReactNode } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

interface DialogBoxProps {
  title: string;
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  /** A question that must be answered: Escape answers no, a press beside it does nothing. */
  isAlert?: boolean;
  /** May only be closed by its own buttons (a secret that is shown once). */
  isLocked?: boolean;
  isWide?: boolean;
  children: ReactNode;
}

/** A window over the page. Focus stays inside and goes back to where it was. */
export function DialogBox({
  title,
  isOpen,
  onOpenChange,
  isAlert,
  isLocked,
  isWide,
  children,
}: DialogBoxProps) {
  return (
    <ModalOverlay
      className="overlay"
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      isDismissable={!isAlert && !isLocked}
      isKeyboardDismissDisabled={isLocked ?? false}
    >
      <Modal className={isWide ? "dialog dialog-wide" : "dialog"}>
        <Dialog role={isAlert ? "alertdialog" : "dialog"} className="dialog-inside">
          <Heading slot="title" className="dialog-title">
            {title}
          </Heading>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
