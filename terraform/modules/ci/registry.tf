# Images. A tag is written once: what was tested under it is what runs.

module "key" {
  source = "../key"

  name        = "toolcrib-images"
  description = "Container images"
  account_id  = var.account_id
}

resource "aws_ecr_repository" "this" {
  for_each = var.images

  name                 = each.key
  image_tag_mutability = "IMMUTABLE"
  # A registry with images in it is not deleted.
  force_delete = false

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = module.key.arn
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each = aws_ecr_repository.this

  repository = each.value.name

  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "What has no tag was never deployed by one"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 14 }
        action       = { type = "expire" }
      },
      {
        rulePriority = 2
        description  = "Enough to roll back for as long as anybody would"
        selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = var.images_kept }
        action       = { type = "expire" }
      },
    ]
  })
}
