import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";
import { Icon, type IconName } from "./Icon";

export interface ButtonProps extends Omit<AriaButtonProps, "children" | "className" | "style"> {
  kind?: "primary" | "plain" | "danger" | "quiet";
  icon?: IconName;
  /** Shows the icon only; the label is read out. */
  isIconOnly?: boolean;
  children: ReactNode;
}

export function Button({ kind = "plain", icon, isIconOnly = false, children, ...rest }: ButtonProps) {
  return (
    <AriaButton
      {...rest}
      className={`button button-${kind}${isIconOnly ? " button-icon" : ""}`}
      {...(isIconOnly && typeof children === "string" ? { "aria-label": children } : {})}
    >
      {icon && <Icon name={icon} />}
      {!isIconOnly && <span>{children}</span>}
    </AriaButton>
  );
}
