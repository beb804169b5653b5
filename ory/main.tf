# The hooks of an Ory Network project in Terraform, as an example: apply needs ORY_WORKSPACE_API_KEY and ORY_PROJECT_ID.
# kratos.yml explains each setting.
#
# The provider has no "profile" among its auth_methods, so the hook for changed profiles comes from the script:
#   ORY_WEBHOOK_SECRET=... ory/network.sh PROJECT https://sync.example.com settings
terraform {
  required_providers {
    ory = {
      source = "ory/ory"
    }
  }
}

variable "sync_url" {
  type        = string
  description = "The public URL of the app, e.g. https://sync.example.com"
}

variable "webhook_secret" {
  type        = string
  sensitive   = true
  description = "The first of ORY_WEBHOOK_SECRET. Terraform stores it in its state."
}

resource "ory_action" "registration" {
  for_each = toset(["password", "oidc", "code", "webauthn", "passkey"])

  flow            = "registration"
  timing          = "after"
  auth_method     = each.key
  url             = "${var.sync_url}/webhooks/ory/registration"
  method          = "POST"
  body            = file("${path.module}/identity.jsonnet")
  response_ignore = true

  webhook_auth_type          = "api_key"
  webhook_auth_api_key_in    = "header"
  webhook_auth_api_key_name  = "X-Webhook-Secret"
  webhook_auth_api_key_value = var.webhook_secret
}

resource "ory_action" "verification" {
  flow            = "verification"
  timing          = "after"
  url             = "${var.sync_url}/webhooks/ory/verification"
  method          = "POST"
  body            = file("${path.module}/identity.jsonnet")
  response_ignore = true

  webhook_auth_type          = "api_key"
  webhook_auth_api_key_in    = "header"
  webhook_auth_api_key_name  = "X-Webhook-Secret"
  webhook_auth_api_key_value = var.webhook_secret
}
