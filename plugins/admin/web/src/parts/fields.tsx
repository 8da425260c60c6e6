import { useId, useState, type ReactNode } from "react";
import {
  Checkbox as AriaCheckbox,
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from "react-aria-components";

interface TextFieldProps extends Omit<AriaTextFieldProps, "className" | "children" | "style"> {
  label: string;
  help?: string | undefined;
  /** What the hub says is wrong with it. */
  error?: string | null | undefined;
  placeholder?: string;
  rows?: number;
  isMono?: boolean;
}

export function TextField({ label, help, error, placeholder, rows, isMono, ...rest }: TextFieldProps) {
  const className = isMono ? "input mono" : "input";
  // A form with a field that is wrong cannot be sent, so an error holds for the value that was refused and no longer.
  const [refused, setRefused] = useState({ error, value: rest.value });
  if (refused.error !== error) setRefused({ error, value: rest.value });
  const shown = error && refused.value === rest.value ? error : "";
  return (
    <AriaTextField {...rest} className="field" isInvalid={shown !== ""}>
      <Label className="label">{label}</Label>
      {rows ? (
        <TextArea className={className} rows={rows} {...(placeholder ? { placeholder } : {})} />
      ) : (
        <Input className={className} {...(placeholder ? { placeholder } : {})} />
      )}
      {help && (
        <Text slot="description" className="help">
          {help}
        </Text>
      )}
      <FieldError className="field-error">{shown}</FieldError>
    </AriaTextField>
  );
}

export interface Choice {
  value: string;
  label: string;
}

interface SelectFieldProps {
  label: string;
  value: string;
  choices: readonly Choice[];
  onChange(value: string): void;
  isLabelHidden?: boolean;
}

/** The system's own select: the best one on a phone. */
export function SelectField({ label, value, choices, onChange, isLabelHidden }: SelectFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label className={isLabelHidden ? "visually-hidden" : "label"} htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        className="input select"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </div>
  );
}

interface CheckboxProps {
  isSelected: boolean;
  isIndeterminate?: boolean;
  isDisabled?: boolean;
  onChange(isSelected: boolean): void;
  /** Read out where there are no words beside it. */
  label?: string;
  children?: ReactNode;
}

export function Checkbox({ label, children, ...rest }: CheckboxProps) {
  return (
    <AriaCheckbox {...rest} className="checkbox" {...(label ? { "aria-label": label } : {})}>
      <span className="checkbox-box" aria-hidden="true">
        <svg viewBox="0 0 16 16">
          <path d={rest.isIndeterminate ? "M4 8h8" : "M3.5 8.5l3 3 6-7"} />
        </svg>
      </span>
      {children}
    </AriaCheckbox>
  );
}
