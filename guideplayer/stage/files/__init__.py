"""Pictures from files: a therapist's own photographs and films, shown as full-size layers."""
