module "x" {
  image = "registry.example.com/shop/checkout:2.3.0"
}
