package engine

import (
	"errors"

	"atlas/engine/adapter"
	"atlas/engine/diag"
)

// lockHint makes a locked database a diagnostic with a way out.
func lockHint(err error) error {
	var held *adapter.LockError
	if !errors.As(err, &held) {
		return err
	}
	return diag.Errorf(diag.WarehouseLocked, diag.Pos{}, "%s", held.Error()).
		WithHint("end that process, or add --wait-lock to wait for it").WithErr(err)
}
